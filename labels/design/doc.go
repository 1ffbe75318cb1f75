// Package design holds what a label looks like: layouts in millimetres, as files
// that people can read and write.
//
// # Use
//
// Builtin gives the layouts that come with the program. A Library adds those of a
// folder: a file NAME.toml there is a layout, and one named like a built-in takes
// its place. A change of the folder is seen at the next Get or List; nothing is
// rebuilt or restarted. labels/README.md shows how a file is written.
//
// # Promised
//
// A layout that Parse returns can be drawn: every element has a kind, lies on the
// medium, and names only symbols, filters and pictures that there are. What is
// wrong is told as a *Fault that names the file, the element and the reason. A
// file that is wrong hides no other, and not the built-in of its name.
//
// # Not promised
//
// That the data of a label fit: that is known when it is drawn.
package design
