// Asks Prometheus what a dashboard asks, with Grafana's variables replaced.

export class Prometheus {
  constructor(url) {
    this.url = url;
  }

  async #get(path, parameters) {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const answer = await response.json();
    if (answer.status !== 'success') {
      throw new Error(`${parameters.query}: ${answer.error}`);
    }
    return answer.data.result;
  }

  /** Series with `values`, pairs of a time in seconds and a text. */
  range(query, { from, to, step }) {
    return this.#get('query_range', { query, start: from, end: to, step });
  }

  /** Series with `value`. */
  async at(query, time) {
    return this.#get('query', { query, time });
  }
}

export function substituted(text, values) {
  return text.replace(/\$\{?(\w+)(?::\w+)?(\.[\w.]+)?\}?/g, (whole, name, path) =>
    path || !(name in values) ? whole : values[name],
  );
}

/** The text of a legend or title with the labels of a series. */
export function labelled(format, labels) {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '');
}
