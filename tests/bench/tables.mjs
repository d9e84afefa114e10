// What was measured as lines for people: times or rates, ratios to the first one, and the goals beside them. Measures nothing.

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const precise = (number) => (number >= 100 ? number.toFixed(0) : number.toPrecision(3));

function duration(milliseconds) {
  if (milliseconds >= 1000) return `${precise(milliseconds / 1000)} s`;
  return milliseconds >= 1 ? `${precise(milliseconds)} ms` : `${precise(milliseconds * 1000)} µs`;
}

/** `goal 12x: met`, or by how much it was missed. */
function goal(ratio, { atLeast, atMost }) {
  const wanted = atLeast ?? atMost;
  const missing = atLeast === undefined ? ratio - wanted : wanted - ratio;
  return `goal ${atLeast === undefined ? 'at most ' : ''}${wanted}x: ${missing <= 0 ? 'met' : `missed by ${precise(missing)}`}`;
}

/**
 * Gives each measurement its median, its ratio to `base` (if there is one) and the verdict; `samples` are times by name, or
 * something else in `unit`. A ratio is the median of the ratios in each round: what slows the machine down for a while slows
 * down both.
 */
export function judged({ title, samples, unit, base, atLeast = {}, atMost = {}, facts }) {
  if (facts) return { title, facts };
  const rows = Object.entries(samples).map(([name, values]) => {
    const ratio = base && median(values.map((value, round) => value / samples[base][round]));
    const wanted = name in atLeast ? { atLeast: atLeast[name] } : name in atMost ? { atMost: atMost[name] } : null;
    return { name, [unit ?? 'milliseconds']: median(values), ratio, samples: values, ...wanted, verdict: wanted && goal(ratio, wanted) };
  });
  return { title, unit, base, rows };
}

const size = (bytes) => (bytes >= 1e6 ? `${precise(bytes / 1e6)} MB` : `${precise(bytes / 1e3)} KB`);

/** Bytes by what they are, for each name; small ones are numbers of something, and nothing is left out. */
function listed({ title, facts }) {
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  const lines = Object.entries(facts).map(([name, fact]) =>
    `  ${name.padEnd(width)}  ${Object.entries(fact).filter(([, bytes]) => bytes).map(([what, bytes]) => `${what} ${bytes < 1000 ? bytes : size(bytes)}`).join(', ')}`);
  return [title, ...lines].join('\n');
}

export function printed({ title, unit, base, rows, facts }) {
  if (facts) return listed({ title, facts });
  const width = Math.max(...rows.map(({ name }) => name.length));
  const shown = (row) => (unit ? `${precise(row[unit])} ${unit}` : duration(row.milliseconds));
  const lines = rows.map((row) =>
    [`  ${row.name.padEnd(width)}`, shown(row).padStart(9), !base || row.name === base ? '' : `${precise(row.ratio)}x`.padStart(7), row.verdict ?? ''].join('  ').trimEnd());
  return [title, ...lines].join('\n');
}
