'use strict';
// Sorts, filters and saves the tables of events. The page can be read without it.
for (const box of document.querySelectorAll('.browse')) {
  const table = box.querySelector('table');
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const names = heads.map((head) => head.dataset.name);
  const controls = box.querySelector('.controls');
  const [words, limit] = controls.querySelectorAll('input');
  const q = names.indexOf('q_value');
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const cells = (row) => Array.from(row.cells, (cell) => cell.textContent);

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const most = limit.value === '' ? Infinity : Number(limit.value);
    let shown = 0;
    rows.forEach((row, at) => {
      const value = Number(row.cells[q].textContent);
      const keep = wanted.every((word) => texts[at].includes(word)) && (most === Infinity || value < most);
      row.hidden = !keep;
      shown += keep ? 1 : 0;
    });
    controls.querySelector('output').textContent = `${shown} of ${rows.length} shown`;
  };

  heads.forEach((head, column) => {
    head.dataset.sort = '';
    head.tabIndex = 0;
    const sort = () => {
      const up = head.getAttribute('aria-sort') !== 'ascending';
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const key = (row) => row.cells[column].textContent;
      const numeric = rows.some((row) => key(row) !== '' && !Number.isNaN(Number(key(row))));
      const order = (a, b) => {
        if (!numeric) return key(a).localeCompare(key(b), 'en');
        const [x, y] = [Number(key(a)), Number(key(b))];
        // What is missing comes last either way.
        if (Number.isNaN(x) || Number.isNaN(y)) return (Number.isNaN(x) - Number.isNaN(y)) * (up ? 1 : -1);
        return x - y;
      };
      body.append(...rows.slice().sort((a, b) => (up ? order(a, b) : order(b, a))));
    };
    head.addEventListener('click', sort);
    head.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        sort();
      }
    });
  });

  words.addEventListener('input', filter);
  limit.addEventListener('input', filter);
  controls.querySelector('button').addEventListener('click', () => {
    const shown = Array.from(body.rows).filter((row) => !row.hidden);
    const lines = [names, ...shown.map(cells)].map((line) => line.join('\t'));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], { type: 'text/tab-separated-values' }));
    link.download = `${box.dataset.name}.tsv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  controls.hidden = false;

  // report.html#filter=SIRT1&q=0.05 opens the page with the table filtered.
  const apply = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.has('filter')) words.value = asked.get('filter');
    if (asked.has('q')) limit.value = asked.get('q');
    filter();
    if (asked.has('filter') || asked.has('q')) box.scrollIntoView();
  };
  window.addEventListener('hashchange', apply);
  apply();
}
// Paper has no folds; a link into a fold opens it.
window.addEventListener('beforeprint', () => {
  for (const fold of document.querySelectorAll('details')) fold.open = true;
});
const unfold = () => {
  let target = null;
  try {
    target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return;
  }
  const fold = target && target.closest('details');
  if (fold && !fold.open) {
    fold.open = true;
    target.scrollIntoView();
  }
};
window.addEventListener('hashchange', unfold);
unfold();
