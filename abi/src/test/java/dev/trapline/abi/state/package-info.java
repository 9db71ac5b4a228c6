@NullMarked
package dev.trapline.abi.state;

import org.jspecify.annotations.NullMarked;
