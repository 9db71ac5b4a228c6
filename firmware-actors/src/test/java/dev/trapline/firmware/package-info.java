@NullMarked
package dev.trapline.firmware;

import org.jspecify.annotations.NullMarked;
