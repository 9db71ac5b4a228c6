/** Tests of what is in guest memory when a machine starts. */
@NullMarked
package dev.trapline.registry;

import org.jspecify.annotations.NullMarked;
