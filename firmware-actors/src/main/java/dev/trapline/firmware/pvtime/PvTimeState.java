package dev.trapline.firmware.pvtime;

/// The location of the stolen-time structures. It never changes: the machine keeps track of the structures that are
/// shared.
///
/// @param vcpus the number of structures, one for each vCPU
/// @param base where the first structure begins
public record PvTimeState(int vcpus, Base base) {

    /// Where the structures begin.
    public sealed interface Base {

        /// At an address from the configuration.
        ///
        /// @param address guest physical address, a multiple of [PvTimeLogic#STRUCTURE_BYTES]
        record At(long address) implements Base {}

        /// In the last page of RAM.
        record TopOfRam() implements Base {}

        /// Reads the value of the setting `base`.
        ///
        /// @throws IllegalArgumentException if it is neither `auto` nor an aligned address
        static Base of(String setting) {
            if (setting.equals(PvTimeService.AUTO)) {
                return new TopOfRam();
            }
            try {
                long address = Long.decode(setting.replace("_", ""));
                if (address >= 0 && address % PvTimeLogic.STRUCTURE_BYTES == 0) {
                    return new At(address);
                }
                // Reported below, like a text that is not a number.
            } catch (NumberFormatException _) {
                // Reported below.
            }
            throw new IllegalArgumentException(
                    "'base' takes " + PvTimeService.AUTO + " or an address that is a multiple" + " of "
                            + PvTimeLogic.STRUCTURE_BYTES + ", as in 0x47ff_0000, not '" + setting + "'");
        }
    }
}
