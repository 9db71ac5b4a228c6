/** Files that somebody else may have made: what they are, and how much of them is read. */
@NullMarked
package dev.trapline.abi.file;

import org.jspecify.annotations.NullMarked;
