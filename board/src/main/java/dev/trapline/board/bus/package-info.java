/** The ports between a machine and its devices: the bus, the devices on it, and the lines that they drive. */
@NullMarked
package dev.trapline.board.bus;

import org.jspecify.annotations.NullMarked;
