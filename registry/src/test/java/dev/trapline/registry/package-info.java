/** Tests of the capability registry. */
@NullMarked
package dev.trapline.registry;

import org.jspecify.annotations.NullMarked;
