// Measures contestants side by side and compares what they give. Knows nothing of what they do, and judges nothing.

/** The time one sample takes at least, in milliseconds: long enough to pay for its own garbage. */
const LEAST = 40;
/** Each contestant runs at least this long before anything is measured, so that the engine has optimised it. */
const WARM_UP = 600;

/** What was made last is kept here: no engine may leave the work out. */
export const kept = { last: undefined, character: 0 };

function time(run, repeats) {
  const from = performance.now();
  for (let i = 0; i < repeats; i++) kept.last = run();
  return performance.now() - from;
}

/**
 * Warms a function up; what it returns takes one sample, the milliseconds of one run. Each sample follows an unmeasured
 * run, so that caches and garbage are its own.
 */
export function sampler(run) {
  let [runs, spent, fastest] = [0, 0, Infinity];
  while (spent < WARM_UP || runs < 3) {
    const took = time(run, 1);
    [runs, spent, fastest] = [runs + 1, spent + took, Math.min(fastest, took)];
  }
  const repeats = Math.max(1, Math.ceil(LEAST / Math.max(fastest, 0.001)));
  return () => {
    kept.last = run();
    const took = time(run, repeats) / repeats;
    kept.last = undefined;
    return took;
  };
}

/**
 * The samples of each contestant (name to something that takes a sample). In each round every contestant has its turn, and
 * another one begins.
 */
export async function rounds(contestants, count) {
  const field = Object.entries(contestants).map(([name, sample]) => ({ name, sample, samples: [] }));
  for (let round = 0; round < count; round++) {
    for (let place = 0; place < field.length; place++) {
      const { sample, samples } = field[(round + place) % field.length];
      samples.push(await sample());
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  return Object.fromEntries(field.map(({ name, samples }) => [name, samples]));
}

/** The same for contestants that are plain functions. */
export function race(contestants, count) {
  return rounds(Object.fromEntries(Object.entries(contestants).map(([name, run]) => [name, sampler(run)])), count);
}

/** A value with its keys in order and without what is not there: `null` and missing are the same. */
function canonical(value) {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value ?? null;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]));
}

function difference(ours, theirs, path) {
  if (Object.is(ours, theirs)) return null;
  if (typeof ours !== 'object' || typeof theirs !== 'object' || ours === null || theirs === null) return { path, ours, theirs };
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const found = difference(ours[key], theirs[key], `${path}.${key}`);
    if (found) return found;
  }
  return null;
}

/** Stops the benchmark when a peer gives anything else than we do. */
export function same(who, ours, theirs) {
  const found = difference(canonical(ours), canonical(theirs), 'result');
  if (found) throw new Error(`${who} gives something else at ${found.path}\n  ours:   ${JSON.stringify(found.ours)}\n  theirs: ${JSON.stringify(found.theirs)}`);
}
