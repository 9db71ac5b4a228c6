/** Configuration: HOCON to validated values, with every error of a file reported at once. */
@NullMarked
package dev.trapline.config;

import org.jspecify.annotations.NullMarked;
