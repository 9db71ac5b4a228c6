package dev.trapline.unicorn.translation;

import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.CpuFlags;
import dev.trapline.unicorn.layout.CpuLayout;
import org.jspecify.annotations.Nullable;

/// The guest's code that the TLB of an AArch64 CPU has. Only the TLB knows which memory code was fetched from: the
/// guest's page tables may have changed since.
///
/// @param layout null if it is not known: then the TLB seems to have nothing
public record FetchedCode(
        Unicorn engine, CpuFlags flags, @Nullable CpuLayout layout, Translations translations) {

    /// The host's address of code at a virtual address, in the current regime.
    ///
    /// @return 0 if the TLB does not have it
    long host(long address) {
        return layout == null ? 0 : layout.hostAddress(engine, flags.get(), address);
    }

    /// Whether a fetch needs no walk of the guest's page tables.
    public boolean has(long address) {
        return host(address) != 0;
    }

    /// The physical address of code that was just fetched.
    public long physical(long address) {
        long host = host(address);
        return host == 0 ? translations.physical(address) : translations.ofHost(host);
    }
}
