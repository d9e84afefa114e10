// The template engines, as they come.

export { default as Handlebars } from 'handlebars';
export { default as Mustache } from 'mustache';
