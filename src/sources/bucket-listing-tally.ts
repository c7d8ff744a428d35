/** How many objects something has happened to, and to which first. */
export class Tally {
  count = 0;
  #first = '';

  add(key: string): void {
    if (this.count === 0) this.#first = key;
    this.count += 1;
  }

  text(): string {
    return this.count === 1 ? `${this.#first} is` : `${this.count} objects (first ${this.#first}) are`;
  }
}
