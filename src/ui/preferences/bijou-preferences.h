#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouPreferences:
 * The window of the settings: Playback, Look, Storage, Servers. Every change is in effect at once.
 * Main thread.
 */
#define BIJOU_TYPE_PREFERENCES (bijou_preferences_get_type ())
G_DECLARE_FINAL_TYPE (BijouPreferences, bijou_preferences, BIJOU, PREFERENCES, AdwPreferencesWindow)

BijouPreferences *bijou_preferences_new (BijouContext *context);
void bijou_preferences_show_servers (BijouPreferences *self);

G_END_DECLS
