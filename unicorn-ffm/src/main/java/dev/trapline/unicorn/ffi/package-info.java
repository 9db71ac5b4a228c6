/** The library's C interface with Java's types: loading it, its instances, its hooks. No policy. */
@NullMarked
package dev.trapline.unicorn.ffi;

import org.jspecify.annotations.NullMarked;
