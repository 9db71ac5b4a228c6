/** Where a build of the library keeps what its interface does not show. Each layout is found by probing. */
@NullMarked
package dev.trapline.unicorn.layout;

import org.jspecify.annotations.NullMarked;
