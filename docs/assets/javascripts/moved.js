// An old address leads on to where the page, or the section that it names, stands now. On a page that is still there,
// the place of a section that has moved is a line at its end.
{
  const section = document.getElementById(location.hash.slice(1));
  const link =
    section?.closest("li")?.querySelector("a[data-moved]") ?? document.querySelector("html[data-moved] a[data-moved]");
  if (link instanceof HTMLAnchorElement) location.replace(link.href + location.hash);
}
