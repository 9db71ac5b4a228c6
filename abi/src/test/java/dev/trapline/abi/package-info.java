@NullMarked
package dev.trapline.abi;

import org.jspecify.annotations.NullMarked;
