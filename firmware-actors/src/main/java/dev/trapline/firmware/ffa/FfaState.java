package dev.trapline.firmware.ffa;

/// What FF-A knows of its guest.
///
/// @param version the version that the machine has
/// @param endpoint the guest's identifier, 0 to 0x7fff
/// @param agreed the version that the guest asked for last, as in w1 of FFA_VERSION; 0 if it never did
/// @param settled whether the guest has made another call since, so that the version is no more open to change
public record FfaState(FfaVersion version, int endpoint, int agreed, boolean settled) {

    FfaState withAgreed(int asked) {
        return new FfaState(version, endpoint, asked, settled);
    }

    /// The guest makes a call other than FFA_VERSION.
    FfaState afterAnotherCall() {
        return new FfaState(version, endpoint, agreed, agreed != 0);
    }
}
