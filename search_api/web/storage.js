// What this browser keeps; one that keeps nothing forgets it when the page is left.
export function recall(name) {
  try {
    return localStorage.getItem(`dateline.${name}`);
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(`dateline.${name}`, value);
  } catch {
    // full, or forbidden
  }
}
