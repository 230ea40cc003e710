/** jsdom lays nothing out, so it has no ResizeObserver: one that sees no change. Import it for its effect. */
window.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
