/* The test's own door: /__control on each server, and bijou_fake_server_control().
 *
 *   GET  /__control        the log as JSON lines
 *   GET  /__control/items  what there is: index, kind, id, title
 *   POST /__control        one order or an array of orders, each an object:
 *
 *   {"fault": "SPEC"}  {"clear_fault": N}  {"clear_faults": true}  {"reset_log": true}
 *   {"latency": MS}  {"bandwidth": BYTES}  {"page_cap": N}
 *   {"refuse": true, "for_ms": N}                       50 ms later, so that the answer gets out;
 *                                                       without for_ms until the C function ends it
 *   {"drop_sockets": true}  {"send": "text"}            a raw frame to every websocket
 *   {"add": "movie|show|season|episode|collection", "title": …, "parent": ID, "section": N}
 *   {"add_section": "movie|show", "title": …}
 *   {"remove": ID}  {"rename": ID, "title": …}  {"touch": ID}
 *   {"mark": ID, "watched": BOOL, "position_ms": N, "favourite": BOOL, "user": N, "quiet": BOOL}
 *   {"change_file": ID, "size": N}                      another file stands there now
 *   {"state": ID, "user": N}                            answers the play state
 *   {"sockets": true}                                   answers how many are open
 *
 * ID is the protocol's own id as a string, or the index as a number. Each protocol knows more:
 * Plex: {"revoke_tokens": true} {"restart": true}; plex.tv: {"claim": ID} {"expire": ID}
 * {"revoke_tokens": true}; Jellyfin: {"approve": "CODE"} {"revoke_tokens": true}. */
#pragma once

#include "bijou-fake-exchange.h"

G_BEGIN_DECLS

void fake_control_reply (BijouFakeServer *server, SoupServerMessage *message, const char *path);

G_END_DECLS
