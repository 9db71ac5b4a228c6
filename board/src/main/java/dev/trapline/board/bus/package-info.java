/** The ports between a machine and its devices: the bus, the devices on it, and their lines. */
@NullMarked
package dev.trapline.board.bus;

import org.jspecify.annotations.NullMarked;
