CREATE TABLE "ledger" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"accepted" bigint DEFAULT 0 NOT NULL,
	"settled" bigint DEFAULT 0 NOT NULL,
	"stored" bigint DEFAULT 0 NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "ledger_account_id_minute_pk" PRIMARY KEY("account_id","minute")
-- As in event_counts: counters are updated in place.
) WITH (fillfactor = 75);
--> statement-breakpoint
CREATE TABLE "ledger_lots" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"lot" uuid NOT NULL,
	"settled_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_lots_account_id_lot_pk" PRIMARY KEY("account_id","lot")
);
--> statement-breakpoint
-- No key and no index: it is appended to by every batch, and emptied as a whole.
CREATE TABLE "ledger_log" (
	"settled" jsonb NOT NULL,
	"stored" jsonb
);
--> statement-breakpoint
CREATE TABLE "ledger_witnesses" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"process" varchar(36) COLLATE "C" NOT NULL,
	"counted" bigint DEFAULT 0 NOT NULL,
	"queued" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "ledger_witnesses_account_id_minute_process_pk" PRIMARY KEY("account_id","minute","process")
) WITH (fillfactor = 75);
--> statement-breakpoint
CREATE TABLE "status_minutes" (
	"minute" timestamp with time zone NOT NULL,
	"component" varchar(20) COLLATE "C" NOT NULL,
	"good" bigint NOT NULL,
	"bad" bigint NOT NULL,
	CONSTRAINT "status_minutes_minute_component_pk" PRIMARY KEY("minute","component")
);
--> statement-breakpoint
-- What an audit looks at. Its columns do not change with the counters, so those stay updates in place.
CREATE INDEX "ledger_open" ON "ledger" USING btree ("minute") WHERE closed_at IS NULL;
--> statement-breakpoint
CREATE INDEX "ledger_lots_by_time" ON "ledger_lots" USING brin ("settled_at");
