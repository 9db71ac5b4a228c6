@NullMarked
package dev.trapline.abi.firmware;

import org.jspecify.annotations.NullMarked;
