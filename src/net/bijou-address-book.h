#pragma once

#include "bijou-connection-race.h"

G_BEGIN_DECLS

/**
 * BijouAddressBook:
 * The addresses of one server and what was learned about them. Its owner keeps the lock.
 */
typedef struct _BijouAddressBook BijouAddressBook;

BijouAddressBook *bijou_address_book_new (void);
void bijou_address_book_free (BijouAddressBook *self);
gboolean bijou_address_book_set_network (BijouAddressBook *self, const char *network);
void bijou_address_book_set_winners (BijouAddressBook *self, GPtrArray *winners);
GPtrArray *bijou_address_book_copy_winners (BijouAddressBook *self);
void bijou_address_book_note_winner (BijouAddressBook *self, const char *url);
void bijou_address_book_set (BijouAddressBook *self, GPtrArray *addresses);
guint bijou_address_book_add (BijouAddressBook *self, GPtrArray *addresses);
GPtrArray *bijou_address_book_copy (BijouAddressBook *self);
void bijou_address_book_set_trust (BijouAddressBook *self, BijouTrust *trust);
BijouTrust *bijou_address_book_dup_trust (BijouAddressBook *self, const char *url);
const char *bijou_address_book_get_base (BijouAddressBook *self, const char *url);
gboolean bijou_address_book_contains (BijouAddressBook *self, const char *url);
gboolean bijou_address_book_has_hope (BijouAddressBook *self);
void bijou_address_book_forget_doubts (BijouAddressBook *self);
const char *bijou_address_book_note_failure (BijouAddressBook *self, const char *url);
void bijou_address_book_note_answer (BijouAddressBook *self, const char *url);
void bijou_address_book_fill_race (BijouAddressBook *self, BijouRace *race, const char *current);
guint
bijou_address_book_fill_upgrade (BijouAddressBook *self, BijouRace *race, const char *current);
void
bijou_address_book_fill_confirmation (BijouAddressBook *self, BijouRace *race, const char *url);
void bijou_address_book_learn (BijouAddressBook *self, BijouRace *race);

G_END_DECLS
