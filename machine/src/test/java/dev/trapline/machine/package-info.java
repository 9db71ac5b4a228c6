/** Tests of the machine without actors. */
@NullMarked
package dev.trapline.machine;

import org.jspecify.annotations.NullMarked;
