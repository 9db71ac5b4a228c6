@NullMarked
package dev.trapline.abi.machine;

import org.jspecify.annotations.NullMarked;
