/** The SMC Calling Convention (DEN0028) as a view on a hypercall exit: decoding only, no services. */
@NullMarked
package dev.trapline.abi.smccc;

import org.jspecify.annotations.NullMarked;
