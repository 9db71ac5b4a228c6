/** `trapline caps`: what the registry decides. */
@NullMarked
package dev.trapline.launcher.caps;

import org.jspecify.annotations.NullMarked;
