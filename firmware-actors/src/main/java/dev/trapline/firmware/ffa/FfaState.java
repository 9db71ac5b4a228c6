package dev.trapline.firmware.ffa;

/// What FF-A has negotiated with its guest.
///
/// @param version the version that the machine has
/// @param endpoint the guest's identifier, 0 to 0x7fff
/// @param agreed the version that the guest last requested, as in w1 of FFA_VERSION; 0 if it has requested none
/// @param settled whether the guest has made another call since then, so that the version can no longer change
public record FfaState(FfaVersion version, int endpoint, int agreed, boolean settled) {

    FfaState withAgreed(int asked) {
        return new FfaState(version, endpoint, asked, settled);
    }

    /// The guest makes a call other than FFA_VERSION.
    FfaState afterAnotherCall() {
        return new FfaState(version, endpoint, agreed, agreed != 0);
    }
}
