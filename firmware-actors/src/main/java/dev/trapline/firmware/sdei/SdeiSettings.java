package dev.trapline.firmware.sdei;

import java.util.List;

/// The settings of a machine's SDEI, parsed and checked by [SettingsReader].
///
/// @param version the version that it has
/// @param events all events, slots included, in the order of delivery
/// @param privateSlots how many of them are private slots for INTERRUPT_BIND
/// @param sharedSlots how many are shared slots
/// @param inverseSignalled whether EVENT_GET_INFO says of EV_SIGNALED the opposite, as TF-A does
/// @param secureInterrupts the INTIDs that the client cannot bind, since they are not its own; ascending
record SdeiSettings(
        SdeiVersion version,
        List<EventDefinition> events,
        int privateSlots,
        int sharedSlots,
        boolean inverseSignalled,
        List<Integer> secureInterrupts) {

    SdeiSettings {
        events = events.stream().sorted().toList();
        secureInterrupts = List.copyOf(secureInterrupts);
    }

    boolean isSecure(int intid) {
        return secureInterrupts.contains(intid);
    }
}
