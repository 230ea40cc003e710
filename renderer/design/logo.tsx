/** The mark: an envelope whose fold is held closed. */
export const Logo = () => (
  <svg
    className="logo-mark"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinejoin="round"
    strokeLinecap="round"
    aria-hidden="true"
  >
    <path d="M3 6.5h18v12.5H3z" />
    <path d="m3.4 7 8.6 7 8.6-7" />
    <path className="logo-fold" d="M12 14v4.6" />
  </svg>
)
