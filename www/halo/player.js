// Plays a walk-through of the demo; filled in with the stories.
export function player() {}
