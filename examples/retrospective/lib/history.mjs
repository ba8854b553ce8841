// What the files do not say: how a president is commonly called, and which addresses were sent instead of spoken.

// The data set squeezes initials and splits "Mc Kinley".
const COMMON_NAMES = new Map([
  ['James Polk', 'James K. Polk'],
  ['Ulysses S Grant', 'Ulysses S. Grant'],
  ['Rutherford B Hayes', 'Rutherford B. Hayes'],
  ['Chester A Arthur', 'Chester A. Arthur'],
  ['William Mc Kinley', 'William McKinley'],
  ['William H Taft', 'William H. Taft'],
  ['Warren G Harding', 'Warren G. Harding'],
  ['Franklin D Roosevelt', 'Franklin D. Roosevelt'],
  ['Harry S Truman', 'Harry S. Truman'],
  ['Dwight D Eisenhower', 'Dwight D. Eisenhower'],
  ['John F Kennedy', 'John F. Kennedy'],
  ['Lyndon B Johnson', 'Lyndon B. Johnson'],
  ['Gerald R Ford', 'Gerald R. Ford'],
  ['George Bush', 'George H. W. Bush'],
  ['William J Clinton', 'Bill Clinton'],
  ['George W Bush', 'George W. Bush'],
  ['Donald J Trump', 'Donald J. Trump'],
  ['Joseph R Biden', 'Joseph R. Biden'],
]);

/** The name a reader expects for a name of the data set. */
export function commonName(name) {
  return COMMON_NAMES.get(name) ?? name;
}

// Jefferson found speaking to Congress too royal; Wilson went back in 1913.
const WRITTEN_YEARS = [
  [1801, 1912],
  [1919, 1920],
  [1924, 1932],
  [1944, 1946],
  [1956, 1956],
  [1973, 1973],
];

// Years with two addresses, where the outgoing president wrote and the incoming one spoke; and Carter's farewell.
const WRITTEN_FAREWELLS = new Set(['1953 Harry S. Truman', '1961 Dwight D. Eisenhower', '1981 Jimmy Carter']);

/** `'written'` where the address was sent to be read by a clerk, else `'spoken'`. Takes the common name. */
export function deliveryOf(year, president) {
  if (WRITTEN_FAREWELLS.has(`${year} ${president}`)) return 'written';
  return WRITTEN_YEARS.some(([from, to]) => year >= from && year <= to) ? 'written' : 'spoken';
}
