/** The capability registry: which call is answered in place, forwarded, or denied. */
@NullMarked
package dev.trapline.registry;

import org.jspecify.annotations.NullMarked;
