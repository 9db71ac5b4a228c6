/** Tests of the source tree itself. Each finding says what to write instead. */
@NullMarked
package dev.trapline.tidy;

import org.jspecify.annotations.NullMarked;
