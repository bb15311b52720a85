-- The bytes of a PutRecord with a record of 100 bytes, as `fleetfall load --stream s --record-bytes 100` sends it.
wrk.method = "POST"
wrk.headers["content-type"] = "application/x-amz-json-1.1"
wrk.headers["x-amz-target"] = "Kinesis_20131202.PutRecord"
wrk.body = '{"StreamName":"s","Data":"' .. string.rep("ZmYt", 34) .. '","PartitionKey":"' .. string.rep("0", 32) .. '"}'
