#pragma once

#include "demo-stage.h"

G_BEGIN_DECLS

/* How many people there are: demo_person_name() and demo_person_draw() take less than this. */
#define DEMO_N_PEOPLE 30

const char *demo_person_name (guint i);
/* Draws the portrait of person @i over a square stage. */
void demo_person_draw (guint i, const DemoStage *stage);

G_END_DECLS
