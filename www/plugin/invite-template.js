// Invite templates that stay scanned. A template's own text crosses into the module once; after that values go in, and what
// becomes of them comes out to be put between. What is shown and how it is escaped is decided there.

const KEPT = 16; // a desk has a handful

const latest = new Map(); // by the template's text

class Scanned {
  constructor(Template, template, named, options) {
    this.format = options?.format;
    this.named = named;
    this.template = new Template(template, named, options);
    this.plan = this.template.plan();
  }

  fits(named, options) {
    return this.format === options?.format && this.named.length === named.length && this.named.every((name, place) => name === named[place]);
  }

  render(values, { lang } = {}, wrong) {
    const fields = this.plan?.fields ?? [];
    const told = this.template.fill(fields.map((field) => given(field, values, wrong)).join('\0'), lang ?? '');
    if (typeof told === 'string') return { output: this.#put(told.split('\0')), warnings: [], leftToHalo: [], blankLink: false };
    const [texts, shown, more] = told;
    const result = more ?? { output: null, warnings: [], leftToHalo: [], blankLink: false };
    if (texts !== null) result.output = shown ? this.#show(texts.split('\0'), shown) : this.#put(texts.split('\0'));
    return result;
  }

  #put(texts) {
    let output = '';
    for (const part of this.plan.parts) output += typeof part === 'string' ? part : texts[part];
    return output;
  }

  #show(texts, shown) {
    const { parts } = this.plan;
    let output = '';
    for (const place of shown) output += typeof parts[place] === 'string' ? parts[place] : texts[parts[place]];
    return output;
  }
}

/** A value as it goes in: behind a `=`, or empty when there is none. */
function given([field, name], values, wrong) {
  let value = values?.[field];
  if (name !== null) value = value && Object.hasOwn(value, name) ? value[name] : null;
  if (value == null) return '';
  if (typeof value !== 'string') throw wrong(`values.${name === null ? field : `named.${name}`} is not a text`);
  return `=${value.includes('\0') ? value.replaceAll('\0', '\u2400') : value}`;
}

/** Renders a template, scanned now or earlier. */
export function renderTemplate(Template, template, values, options, wrong) {
  const named = Object.keys(values?.named ?? {});
  let scanned = latest.get(template);
  if (!scanned?.fits(named, options)) {
    const fresh = new Scanned(Template, template, named, options);
    scanned?.template.free();
    latest.delete(template);
    latest.set(template, (scanned = fresh));
    const [[oldest, old]] = latest;
    if (latest.size > KEPT && latest.delete(oldest)) old.template.free();
  }
  return scanned.render(values, options, wrong);
}
