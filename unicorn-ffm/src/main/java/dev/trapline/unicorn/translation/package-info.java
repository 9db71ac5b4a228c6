/** Addresses, TLBs, and the library's translations of guest code. */
@NullMarked
package dev.trapline.unicorn.translation;

import org.jspecify.annotations.NullMarked;
