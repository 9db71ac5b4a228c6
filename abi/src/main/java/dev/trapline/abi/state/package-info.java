/** The one way in which the state of a machine's parts, between two slices, becomes bytes and is read back. */
@NullMarked
package dev.trapline.abi.state;

import org.jspecify.annotations.NullMarked;
