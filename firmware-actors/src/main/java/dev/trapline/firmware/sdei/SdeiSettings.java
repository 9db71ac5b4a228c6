package dev.trapline.firmware.sdei;

import java.util.List;

/// The settings of a machine's SDEI, parsed and checked by [SettingsReader].
///
/// @param version the version of SDEI
/// @param events all events, slots included, in the order of delivery
/// @param privateSlots how many of the events are private slots for INTERRUPT_BIND
/// @param sharedSlots how many are shared slots
/// @param inverseSignalled whether EVENT_GET_INFO returns the inverse for EV_SIGNALED, as TF-A does
/// @param secureInterrupts the INTIDs that the client cannot bind, because they do not belong to it; ascending
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
