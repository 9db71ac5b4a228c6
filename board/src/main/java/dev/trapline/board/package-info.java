/** What is around the CPUs of a machine. */
@NullMarked
package dev.trapline.board;

import org.jspecify.annotations.NullMarked;
