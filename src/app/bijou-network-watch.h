#pragma once

#include "bijou-connection.h"

G_BEGIN_DECLS

/**
 * BijouNetworkWatch:
 * Tells connections on which network the computer is: when they are added, when the network
 * changes, and when the computer wakes up. While it is started they also look after themselves, see
 * bijou_connection_set_upkeep().
 */
#define BIJOU_TYPE_NETWORK_WATCH (bijou_network_watch_get_type ())
G_DECLARE_FINAL_TYPE (BijouNetworkWatch, bijou_network_watch, BIJOU, NETWORK_WATCH, GObject)

BijouNetworkWatch *bijou_network_watch_new (void);
void bijou_network_watch_set_folder (BijouNetworkWatch *self, const char *folder);
void bijou_network_watch_add (BijouNetworkWatch *self, BijouConnection *connection);
void bijou_network_watch_start (BijouNetworkWatch *self);
void bijou_network_watch_stop (BijouNetworkWatch *self);

G_END_DECLS
