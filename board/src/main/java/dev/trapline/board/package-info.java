/** The parts of a machine around its CPUs. */
@NullMarked
package dev.trapline.board;

import org.jspecify.annotations.NullMarked;
