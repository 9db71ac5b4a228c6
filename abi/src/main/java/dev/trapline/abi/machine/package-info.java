/** What a machine is made of, and how its run can end. */
@NullMarked
package dev.trapline.abi.machine;

import org.jspecify.annotations.NullMarked;
